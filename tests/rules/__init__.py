"""The rules, without sockets, clocks or mocks."""
