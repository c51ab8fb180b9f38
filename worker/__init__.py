"""The application: Celery tasks, the journal, the pipeline and the seam to Salesforce."""
