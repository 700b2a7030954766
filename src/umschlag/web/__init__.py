"""The Django project: settings, addresses, back office, API and pages."""
