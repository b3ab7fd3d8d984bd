"""What is wrong with a form that was sent, said above it and linked to each field."""

from typing import Any

from django import forms, template

register = template.Library()


@register.inclusion_tag("_form_errors.html")
def form_errors(form: forms.Form, lead: str = "") -> dict[str, Any]:
    """A list of the fields that are wrong, under the sentence `lead`; the first takes the focus.

    It stands before the fields, because it marks the first one before that is rendered.
    """
    wrong = [field for field in form if field.errors]
    if wrong:
        wrong[0].field.widget.attrs["autofocus"] = True
    return {"form": form, "wrong": wrong, "lead": lead or "Please correct this:"}
