#!/usr/bin/env node
import 'reflect-metadata';
import { runCommandLine } from './cli/program.js';
import { ProcessTerminal } from './cli/terminal.js';
import { readEnvFile } from './config/env.js';

// A reader such as `head` that has read enough ends a command as SIGPIPE does other programs (128 + 13), without a stack trace. Node.js ignores that signal.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 141 : 1));

readEnvFile();
await runCommandLine(process.argv.slice(2), new ProcessTerminal());
