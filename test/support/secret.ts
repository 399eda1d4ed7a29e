export const testSecret = 'a secret of the tests, long enough to be accepted';
