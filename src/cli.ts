#!/usr/bin/env node
import 'reflect-metadata';
import { runCommandLine } from './cli/program.js';
import { ProcessTerminal } from './cli/terminal.js';
import { readEnvFile } from './config/env.js';

readEnvFile();
await runCommandLine(process.argv.slice(2), new ProcessTerminal());
