import { describe, expect, it } from '@jest/globals';
import { readPasswordHash, UnusablePasswordHashError } from './password-hashes.js';

const password = 'Grüße aus Köln, 1!';

/** Hashes of the password, made by Django 6, Werkzeug 3, bcrypt 5 and argon2-cffi 25. */
const hashes: Readonly<Record<string, string>> = {
  'Django pbkdf2_sha256': 'pbkdf2_sha256$1000$Kxq2ADrRKmKbTgPMEdrNNU$TxT7M7ujORGM9z1piQY6+8/l2zAzIRqR/PxiJmgI1is=',
  'Django pbkdf2_sha1': 'pbkdf2_sha1$1000$JRawwZC6OJzJbF0PyKaY4N$OF77vyAzlHRfnZwqM5LFwZRgH7Y=',
  'Django argon2': 'argon2$argon2id$v=19$m=102400,t=2,p=8$OGNxRzZ3YXR6UzRCcDk2S3FJRWpmbw$3MkEsrLw5nRlRAJLoHQSax9X7L4nbQPijiOz6RP0aPM',
  'Django bcrypt_sha256': 'bcrypt_sha256$$2b$05$O6v0rajSto..GqzyT/V6iuv7a17CP9Sk4uhjWmTklHci5YyP97aam',
  'Django bcrypt': 'bcrypt$$2b$05$MfAQKIHkdIPnVM3K.zd7l.ds8TEJ..1JjnMxSEx0/TCpY8hqdYElG',
  'Django scrypt': 'scrypt$16384$uVTfJJliRfAwwobZ5Qd3Bq$8$5$hh39JR6NbW6IRb7s26ZU0ndjEEVHKEFW8E/dIRbKS/7xDmhcYINUCP+RIIzc7qoBYWJvvujuUMDRnczYMGsvqA==',
  'Werkzeug scrypt':
    'scrypt:32768:8:1$TbNzNiGWvmPfF0c5$8a6f58c24b451a7e918d4db3af7400cda7e8a0468888b709fda767b0b21c2687a8d6dbf740051561248e90ba9f7fbbdff1c9e588343ed588b9b6e49e141ab85c',
  'Werkzeug pbkdf2 sha256': 'pbkdf2:sha256:1000$r4BUvMeX7AGIzCFY$36462adc13a4b24bd4cfc82049c9b9769de54f1b3839300081594d5d285c87d5',
  'Werkzeug pbkdf2 sha512':
    'pbkdf2:sha512:1000$QFltl61fskZhdLXf$b4e5a7a931c7d8bcbf185429c817b578badd6c00069b4706c5d12ec02d51589001d97580de9d5eb181523fcabcd68d28ee861909a8060aaa53988781e3d2d077',
  'Werkzeug pbkdf2 sha1': 'pbkdf2:sha1:1000$CRwsaSxIbSElqYLN$8a8fd8ad6630ddaae17b1523ca48896923135c48',
  'bcrypt b': '$2b$05$7SJK9oFLIo9y47Rla8RmwuETtkREQ/P9J80wZoA02oNYQZxJK6wYS',
  'bcrypt a': '$2a$05$biMYyV7eLI3BNscLgZTxYO7l7HLOVcZxzT2hqTeOtgbkzfgx6Vh2y',
  'bcrypt y (PHP)': '$2y$05$7SJK9oFLIo9y47Rla8RmwuETtkREQ/P9J80wZoA02oNYQZxJK6wYS',
  'argon2-cffi': '$argon2id$v=19$m=1024,t=2,p=4$Br4vkgEEI89ENviTTSgZ9g$xfNFWyDJO3vi9LxmT+yinsspCJZFi8wVXRzzdgFtb2w',
};

describe('readPasswordHash', () => {
  it.each(Object.entries(hashes))('%s: the hash matches its password only, and its decoy matches nothing', async (_, hash) => {
    const read = readPasswordHash(hash);
    expect([await read.matches(password), await read.matches(`${password} `), await read.matches('')]).toEqual([true, false, false]);
    expect(read.decoy).not.toBe(hash);
    expect(readPasswordHash(read.decoy).decoy).toBe(read.decoy);
    expect(await readPasswordHash(read.decoy).matches(password)).toBe(false);
  });

  it.each([
    ['bcrypt of cost 15', `$2b$15$${'a'.repeat(53)}`],
    ['bcrypt of cost 31', `bcrypt_sha256$$2b$31$${'a'.repeat(53)}`],
    ['bcrypt of cost 3', `$2b$03$${'a'.repeat(53)}`],
    ['the faulty version x of bcrypt', `$2x$10$${'a'.repeat(53)}`],
    ['PBKDF2 with a billion iterations', `pbkdf2_sha256$1000000000$salt$${Buffer.alloc(32).toString('base64')}`],
    ['PBKDF2 without iterations', `pbkdf2_sha256$0$salt$${Buffer.alloc(32).toString('base64')}`],
    ['PBKDF2 with a short digest', `pbkdf2:sha256:1000$salt$${'0'.repeat(40)}`],
    ['PBKDF2 with MD5', `pbkdf2:md5:1000$salt$${'0'.repeat(64)}`],
    ['scrypt with 1 GiB', `scrypt:1048576:8:1$salt$${'0'.repeat(128)}`],
    ['scrypt with many lanes', `scrypt:32768:8:100$salt$${'0'.repeat(128)}`],
    ['scrypt with N = 1', `scrypt:1:8:1$salt$${'0'.repeat(128)}`],
    ['scrypt with N = 3', `scrypt:3:8:1$salt$${'0'.repeat(128)}`],
    ['scrypt with r = 0', `scrypt:1024:0:1$salt$${'0'.repeat(128)}`],
    ['argon2id with 4 GiB', `$argon2id$v=19$m=4194304,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`],
    ['argon2id with 900 passes', `$argon2id$v=19$m=65536,t=900,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`],
    ['argon2id without passes', `$argon2id$v=19$m=65536,t=0,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`],
    ['argon2i', `$argon2i$v=19$m=1024,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`],
    ['MD5 in hexadecimal digits', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['the mark of Django for no password', '!OGNxRzZ3YXR6UzRCcDk2'],
    ['a hash and more', `${hashes['bcrypt b']} `],
    ['nothing', ''],
  ])('%s is refused', (_, hash) => {
    expect(() => readPasswordHash(hash)).toThrow(UnusablePasswordHashError);
  });

  it('hashes of the same work have the same decoy, and others another one', () => {
    const cost = (n: string, rest: string): string => readPasswordHash(`$2b$${n}$${rest.repeat(53)}`).decoy;
    expect(cost('05', 'a')).toBe(cost('05', 'b'));
    expect(cost('05', 'a')).not.toBe(cost('06', 'a'));
    expect(readPasswordHash(hashes['bcrypt a'] ?? '').decoy).toBe(readPasswordHash(hashes['bcrypt y (PHP)'] ?? '').decoy);
  });
});
