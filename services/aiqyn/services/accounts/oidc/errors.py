"""Why somebody could not sign in by the provider."""


class ProviderUnavailable(Exception):
    """The provider does not answer, or not as the standard says."""


class SignInRefused(Exception):
    """The provider's answer does not hold, or gives no right here."""

    def __init__(self, detail: str, code: str = "signIn.provider") -> None:
        super().__init__(detail)
        self.code = code
