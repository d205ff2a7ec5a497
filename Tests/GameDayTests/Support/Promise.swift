import GameDay

/// What the tests call an expectation: the testing library has a type of that name too.
typealias Promise = Expectation
