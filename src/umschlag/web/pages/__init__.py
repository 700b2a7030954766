"""Pages beside the back office's lists."""
