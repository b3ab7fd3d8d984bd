"""Pong: the ball, two paddles, and a page that computes the same."""

from .game import Pong

__all__ = ("Pong",)
