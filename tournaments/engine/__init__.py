"""Pure tournament engines: values in, values out; no rows, no clock, no chance of their own."""
