"""`python -m umschlag.jobs`: the command line without its installed script."""

from umschlag.jobs.command_line import main

main()
