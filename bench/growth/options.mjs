import { count, namesAmong, npmScript } from '../../scripts/arguments.mjs';

const parts = ['requests', 'redis', 'usage', 'audit'];

export const {
  only,
  months,
  rows: rowsOfMonth,
  organizations,
  rounds,
  data,
} = npmScript('bench:growth', 'Measures what a request costs, and what partitions by month would bring to the largest tables.')
  .option('--only <list>', `some of ${parts.join(',')}`, namesAmong(parts), parts)
  .option('--months <n>', 'months of data', count, 24)
  .option('--rows <n>', 'rows of a month', count, 400_000)
  .option('--organizations <n>', 'organizations', count, 1000)
  .option('--rounds <n>', 'rounds of all variants', count, 5)
  .option('--data <folder>', 'keeps the seeded data and uses it again')
  .parse()
  .opts();
