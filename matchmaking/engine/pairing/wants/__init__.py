"""What players want of a match: attributes and roles, declared by the pool."""

from .attributes import Attribute, AttributeValue, By, Kind
