/** The accepted difference between the clocks of the caller and the server, in milliseconds. */
export const clockTolerance = 5 * 60 * 1000;
