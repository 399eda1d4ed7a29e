// Finds the server that a script calls.

/** The argument of a script that names the server. */
export const urlArgument = ['[url]', 'the server; without it, TENANTRY_URL, or http://localhost with the PORT of the environment or of .env'];

/** Returns the URL that is the argument of the script, or TENANTRY_URL, or http://localhost:<PORT>. Reads the file .env, as the server does. Ends the process with an advice if it is no URL. */
export function serverUrl(argument) {
  try {
    if (process.env.NODE_ENV !== 'production') process.loadEnvFile('.env');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const { TENANTRY_URL, PORT = '3000' } = process.env;
  const url = (argument ?? TENANTRY_URL ?? `http://localhost:${PORT}`).replace(/\/+$/, '');
  if (/^https?:\/\//.test(url) && URL.canParse(url)) return url;
  console.error(`${url} is not the URL of a server. It is like http://localhost:3001.`);
  return process.exit(2);
}

/** Ends the process with an advice if no server responds. `script` is the npm script that asks. */
export async function assertServerResponds(url, script) {
  try {
    await fetch(`${url}/health/ready`);
  } catch {
    console.error(`No tenantry server responds at ${url}. Start one with: npm start. For another server: npm run ${script} -- http://localhost:3001`);
    process.exit(1);
  }
}
