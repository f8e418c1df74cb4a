"""What partners call: /api/v1/ on Django REST framework, one package per resource.

Authorises by scoped API keys, parses with serializers, calls one service. No models, no services.
"""
