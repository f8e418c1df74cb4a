"""What `manage.py up` does: the whole house as one foreground program.

Owns the order of starting and stopping, restarts, the merged log, the lock against a second start and the first-run steps.
Owns nothing that a production installation needs: there each part is its own service (docker-compose.yml).
"""
