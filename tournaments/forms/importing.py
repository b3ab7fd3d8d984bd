"""The form of a tournament out of files."""

import base64
import zlib
from typing import Any

from django import forms
from django.conf import settings

from tournaments.files.encodings import ENCODINGS
from tournaments.files.sources.found import Source

from .creation import OwnedForm

#: What a page's form may carry, less its other fields.
MOST_PACKED = 900 * 1024


class _SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several, as one after the other."""

    widget = _SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> bytes:
        """Their contents, read just far enough to see that they are too long."""
        most: int = settings.MATCHPOINT_FILE_MAX_BYTES
        given = data if isinstance(data, list) else [data]
        check = super().clean
        files = [check(one) for one in given]
        files = [one for one in files if one is not None]
        return b"\n".join(one.read(most + 1) for one in files)


class ImportForm(OwnedForm):
    """A tournament from a file, which is looked at first or made at once."""

    refusal_field = "file"

    file = FilesField(
        label="File",
        help_text="A tournament saved here as JSON, a report file (TRF), what the API of "
        "Challonge, start.gg or Lichess answers, or a list of Swiss-Manager or Chess-Results. "
        "Several files of one tournament are read together.",
        error_messages={"required": "Choose a file first.", "empty": "The file is empty."},
        widget=_SeveralFiles(attrs={"accept": ".json,.ndjson,.trf,.trfx,.txt,.csv,.tsv"}),
        required=False,
    )
    source = forms.TypedChoiceField(
        label="From",
        required=False,
        coerce=Source,
        empty_value=None,
        choices=[("", "Find it out"), *((one.value, one.title) for one in Source)],
    )
    encoding = forms.ChoiceField(
        label="Encoding",
        required=False,
        choices=[("", "Find it out"), *ENCODINGS.items()],
        help_text="Another one, if letters come out wrong.",
    )
    packed = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_packed(self) -> bytes:
        """A file that was looked at before, as the page has kept it."""
        try:
            raw = base64.b64decode(self.cleaned_data["packed"], validate=True)
            return zlib.decompressobj().decompress(raw, settings.MATCHPOINT_FILE_MAX_BYTES + 1)
        except (ValueError, zlib.error) as error:
            raise forms.ValidationError("Choose the file again.") from error

    def clean(self) -> dict[str, Any]:
        """There must be a file, now or from before."""
        data = super().clean() or {}
        if not self.errors and not (data.get("file") or data.get("packed")):
            self.add_error("file", self.fields["file"].error_messages["required"])
        return data

    def content(self) -> dict[str, Any]:
        """What the import takes: the file, and what is said of it."""
        data = self.cleaned_data
        content = data.get("file") or data["packed"]
        return {"data": content, "source": data["source"], "encoding": data["encoding"]}

    def kept(self) -> str:
        """The file for a hidden field; empty where it is too large for one."""
        content: bytes = self.content()["data"]
        packed = base64.b64encode(zlib.compress(content, 6)).decode()
        return packed if len(packed) <= MOST_PACKED else ""
