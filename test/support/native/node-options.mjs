/**
 * Options of the processes that run tests and servers. Most of what a test allocates is short-lived: a large young generation,
 * collected by one thread, spends less CPU time than several threads on the two cores that the workers use already.
 */
export const nodeOptions = ['--max-semi-space-size=64', '--min-semi-space-size=16', '--single-threaded-gc'];
