/** The part of Prisma's query compiler that makes a plan. Its module has no types. */
type Compiler = new () => { compile(query: string): object };
const compilerModule: string = '@prisma/client/runtime/query_compiler_fast_bg.postgresql.mjs';

/**
 * Has the Prisma clients of this process share their query plans. A plan depends on the schema and on the query without its
 * values, and takes about 4 ms to compile; otherwise each server compiles all of its queries again. Only tests load this module.
 */
export async function shareQueryPlans(): Promise<void> {
  const { QueryCompiler } = (await import(compilerModule)) as { QueryCompiler: Compiler };
  const plans = new Map<string, object>();
  const { compile } = QueryCompiler.prototype as { compile: (this: unknown, query: string) => object };
  QueryCompiler.prototype.compile = function (query: string) {
    const plan = plans.get(query) ?? compile.call(this, query);
    plans.set(query, plan);
    return plan;
  };
}
