"""The firms we supply."""
