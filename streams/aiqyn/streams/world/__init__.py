"""The state that accepted facts make together: who stands, the graph, registers and processes. A function of the set
of facts, kept up to date fact by fact."""
