"""The merchant's ERP."""
