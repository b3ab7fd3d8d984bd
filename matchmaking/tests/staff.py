"""Those who work in the admin, signed in."""

from django.contrib.auth.models import Permission, User
from django.test import Client


def staff(name: str, *rights: str) -> Client:
    """The browser of a new staff account with these rights, such as `matchmaking.view_match`."""
    user = User.objects.create_user(name, is_staff=True)
    for right in rights:
        app, codename = right.split(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    browser = Client()
    browser.force_login(user)
    return browser


def viewer(app: str, *models: str) -> Client:
    """Vera, who may look at these models and do nothing with them."""
    return staff("vera", *(f"{app}.view_{model}" for model in models))
