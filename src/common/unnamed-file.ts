import { randomUUID } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Opens a new file, for writing and reading, to which no name leads: nobody else can open it, and nothing of it remains when it is closed or the process ends. @param purpose in the name that it has for a moment */
export async function openUnnamedFile(purpose: string): Promise<FileHandle> {
  const name = path.join(tmpdir(), `tenantry-${purpose}-${randomUUID()}`);
  const file = await open(name, 'wx+', 0o600);
  try {
    await rm(name);
  } catch (error) {
    await file.close();
    throw error;
  }
  return file;
}
