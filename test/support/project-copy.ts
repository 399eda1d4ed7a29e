import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from '@jest/globals';

/** A copy of the project, as somebody has it who has cloned it and run `npm ci` and `npm run build`. */
export class ProjectCopy {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'tenantry-copy-'));

  constructor() {
    chmodSync(this.folder, 0o755); // as root, the database server runs as another user
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' }).trim().split('\n');
    for (const file of [...files, 'dist', 'src/generated']) cpSync(file, path.join(this.folder, file), { recursive: true });
    symlinkSync(path.resolve('node_modules'), path.join(this.folder, 'node_modules'));
    execFileSync('git', ['init', '--quiet'], { cwd: this.folder });
  }

  /** Runs a command in the copy, with none of the settings of these tests. */
  run(command: string): { readonly status: number | null; readonly output: string } {
    const { PATH, HOME, TZ, PGTZ } = process.env;
    const env = Object.fromEntries(Object.entries({ PATH, HOME, TZ, PGTZ }).filter(([, value]) => value !== undefined));
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: this.folder, env, encoding: 'utf8', maxBuffer: 2 ** 26 });
    return { status, output: stdout + stderr };
  }

  read(file: string): string {
    return readFileSync(path.join(this.folder, file), 'utf8');
  }

  write(file: string, text: string): void {
    writeFileSync(path.join(this.folder, file), text);
  }

  delete(file: string): void {
    rmSync(path.join(this.folder, file));
  }

  /** Returns the checksums of all files that Git does not ignore, by path. */
  checksums(): string {
    return this.run('git ls-files -co --exclude-standard -z | sort -z | xargs -0 cksum').output;
  }

  /** Returns the files that Git does not ignore and that differ from those of the project. */
  changed(): string[] {
    const files = this.run('git ls-files -co --exclude-standard').output.trim().split('\n');
    // The link to node_modules is listed, too.
    const written = files.filter((file) => lstatSync(path.join(this.folder, file)).isFile());
    return written.filter((file) => !existsSync(file) || !readFileSync(file).equals(readFileSync(path.join(this.folder, file))));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function expectSuccess(project: ProjectCopy, command: string): void {
  const { status, output } = project.run(command);
  expect({ command, status, output: status === 0 ? '' : output.slice(-8000) }).toEqual({ command, status: 0, output: '' });
}

/** Checks the format of the files that a command has written. The others are checked in the project itself. */
export function expectFormat(project: ProjectCopy): void {
  const changed = project.changed();
  expect(changed).not.toEqual([]);
  expectSuccess(project, `npx prettier --check --ignore-unknown ${changed.join(' ')}`);
}

/** Runs spec files of the copy, which must pass. @param files and options of Jest, quoted for the shell */
export function expectTests(project: ProjectCopy, ...files: readonly string[]): void {
  expectSuccess(project, `node --experimental-vm-modules --disable-warning=ExperimentalWarning test/support/jest.mjs ${files.join(' ')}`);
}
