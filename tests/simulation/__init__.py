"""The whole product in virtual time: seeded, every port call a place to stop, to fail, or to die at."""
