//! Slow references and checks shared by the tests of the workspace.
