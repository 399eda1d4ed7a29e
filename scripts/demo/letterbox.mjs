// Reads received mail from the .eml files that a server without SMTP_URL writes.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const folder = path.resolve(process.env['DATA_DIR'] || '.data', 'mail');
const timeoutMs = 10_000;

const decode = (mail) => mail.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));

/** Returns the link in the newest mail to an address; undefined when none arrives in time. */
export async function findLink(address) {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(50)) {
    const files = await readdir(folder).catch(() => undefined);
    if (files === undefined) return undefined;
    for (const file of files.sort().reverse().slice(0, 20)) {
      const mail = decode(await readFile(path.join(folder, file), 'utf8'));
      if (mail.includes(`To: ${address}`)) return /https?:\/\/\S+[?&]token=[\w-]+/.exec(mail)?.[0];
    }
  }
  return undefined;
}
