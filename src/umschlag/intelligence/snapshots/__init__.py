"""One immutable picture of the ERP a business date."""
