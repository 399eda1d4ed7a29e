import { expect, test } from '@jest/globals';
import { scramVerifier } from './scram-verifier.js';

test('a verifier equals the one that PostgreSQL computes for the same password and salt', () => {
  // From PostgreSQL 18: create role … password 'pencil', with the salt of RFC 7677.
  expect(scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test('two verifiers of one password differ', () => {
  expect(scramVerifier('pencil')).not.toBe(scramVerifier('pencil'));
});
