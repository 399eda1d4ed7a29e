// better-auth with its organization plugin on node:http, as its documentation shows.
import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { toNodeHandler } from 'better-auth/node';
import pg from 'pg';
import { betterAuthOptions } from './better-auth-options.mjs';

const { PORT, DATABASE_URL, BENCH_SECRET, CONNECTIONS } = process.env;
const database = new pg.Pool({ connectionString: DATABASE_URL, max: Number(CONNECTIONS) });
const auth = betterAuth(betterAuthOptions({ database, secret: BENCH_SECRET, baseURL: `http://127.0.0.1:${PORT}` }));
const handle = toNodeHandler(auth);
createServer((request, response) => void handle(request, response)).listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit());
