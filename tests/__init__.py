"""Tests of the whole: real servers, real clients, and the tools they share."""
