"""A stand-in for Google Sheets v4 with the agency's buying sheet."""
