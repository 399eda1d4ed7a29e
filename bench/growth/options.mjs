import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'requests,redis,usage,audit' },
    months: { type: 'string', default: '24' },
    rows: { type: 'string', default: '400000' },
    organizations: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
    data: { type: 'string' },
  },
});

export const { data } = values;
export const only = values.only.split(',');
export const months = Number(values.months);
export const rowsOfMonth = Number(values.rows);
export const organizations = Number(values.organizations);
export const rounds = Number(values.rounds);
