"""Pages and answers for requests that fail, and the check for forged ones."""

import sys
from typing import Any

from django.core.exceptions import DisallowedHost
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.template import loader
from django.utils.deprecation import MiddlewareMixin
from django.views.defaults import page_not_found
from msgspec import UNSET

from lib.database.faults import outage_of
from lib.errors import Forbidden, Malformed, NotFound, Refusal
from lib.http import json_response, outage_response, refusal_response, wants_json
from lib.schemas import Refused
from lib.tracing.trace import request_id


class AmbientCsrfMiddleware(CsrfViewMiddleware):
    """Django's protection, for requests that a browser could have been tricked into.

    A request with neither cookies nor an Origin carries no authority but what its sender typed
    in: `curl` and game servers. Browsers send an Origin with every POST from another site.
    """

    def process_view(
        self, request: HttpRequest, callback: Any, callback_args: Any, callback_kwargs: Any
    ) -> HttpResponseForbidden | None:
        """Skip the check where there is nothing to forge."""
        if not request.COOKIES and "Origin" not in request.headers:
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


class PermissionsPolicyMiddleware(MiddlewareMixin):
    """Tells browsers what no page of this site asks for, so that no script gets it either."""

    POLICY = ", ".join(
        f"{feature}=()"
        for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
    )

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Add the header."""
        response.headers.setdefault("Permissions-Policy", self.POLICY)
        return response


class RefusalMiddleware(MiddlewareMixin):
    """What a page refuses as a whole, such as while the server is busy, as a page of its own.

    While the database fails, that takes one line of the log, and no traceback.
    """

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """The answer to a refusal or an outage that no view has answered."""
        if not isinstance(exception, Refusal):
            return _outage(request, exception)
        response = refusal_response(exception)
        if not wants_json(request):
            context = {"title": "Not now", "message": exception.message}
            response.content = loader.render_to_string("error.html", context)
            response["Content-Type"] = "text/html; charset=utf-8"
        return response


def _outage(request: HttpRequest, error: BaseException | None) -> HttpResponseBase | None:
    outage = outage_of(error)
    if not isinstance(error, DatabaseError) or outage is None:
        return None
    response = outage_response(error)
    if not wants_json(request):
        title, _, advice = outage.message.partition(". ")
        context = {
            "outage": True,
            "title": title,
            "advice": advice,
            "request_id": request_id(),
        }
        response.content = loader.render_to_string("500.html", context)
        response["Content-Type"] = "text/html; charset=utf-8"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """The answer to what Django itself will not read, such as more fields than any form has."""
    message = "This request cannot be read. Nothing was done."
    if isinstance(exception, DisallowedHost):
        message = "This host name is not served here."
    if wants_json(request):
        return refusal_response(Malformed(message))
    context = {"title": "That cannot be read", "message": message}
    return HttpResponse(loader.render_to_string("error.html", context), status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """The answer on an address that leads nowhere."""
    if wants_json(request):
        return refusal_response(NotFound("There is nothing at this address."))
    return page_not_found(request, exception)


def fault(request: HttpRequest) -> HttpResponseBase:
    """The answer when the server has a fault, or the database is away; the log has the details."""
    error = sys.exc_info()[1]
    if (response := _outage(request, error)) is not None:
        return response
    if not wants_json(request):
        page = loader.render_to_string("500.html", {"request_id": request_id()})
        return HttpResponse(page, status=500)
    refused = Refused("fault", "Something went wrong here.", request_id() or UNSET)
    return json_response(refused, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """The answer to a request that may have been forged."""
    message = "This request did not come from a page of this site. Reload the page and try again."
    if wants_json(request):
        return refusal_response(Forbidden(message, code="csrf"))
    return render(request, "error.html", {"title": "Try again", "message": message}, status=403)
