"""Sign-in by OpenID Connect: the code flow with PKCE, beside local accounts."""
