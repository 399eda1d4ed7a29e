import type { Operations } from './generated/api.js';

/** The operations of the API. The client renews access tokens itself, without a method for it. */
export type OperationId = Exclude<keyof Operations, 'refresh'>;

type CallOf<Id extends OperationId> = Operations[Id]['call'];
type PathOf<Id extends OperationId> = CallOf<Id> extends { path: infer Path } ? Path : unknown;

/** The path without the organization, or no path if nothing else is in it. `unknown` adds nothing to a call. */
type RestOfPath<Path> = Exclude<keyof Path, 'organizationId'> extends never ? unknown : { path: Omit<Path, 'organizationId'> };

/** The options of every call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds until an attempt fails; 30,000 by default. */
  readonly timeout?: number;
}

/** The argument of a call: the parameters of the operation by their place, and its body. Clients of one organization send its id themselves. */
export type Call<Id extends OperationId, OfOrganization extends boolean = false> = CallOptions &
  (OfOrganization extends true ? Omit<CallOf<Id>, 'path'> & RestOfPath<PathOf<Id>> : CallOf<Id>);

/** The arguments of a call: it needs none if all parts of it are optional. */
export type Arguments<Argument> = Partial<Argument> extends Argument ? [call?: Argument] : [call: Argument];

type AnswersOf<Id extends OperationId> = Operations[Id]['answers'];

/** The data of an answer: the JSON, nothing for 204, or the `Response` of a file. */
export type Data<Id extends OperationId> = AnswersOf<Id>[Exclude<keyof AnswersOf<Id>, 304>];

/** An answer with its status and header fields, such as `ETag`. 304 has no data. */
export type Answer<Id extends OperationId> = {
  [Status in keyof AnswersOf<Id>]: { readonly status: Status; readonly data: AnswersOf<Id>[Status]; readonly headers: Headers };
}[keyof AnswersOf<Id>];

/** The codes of the errors of an operation. */
export type CodeOf<Id extends OperationId> = Operations[Id]['code'];

/** The operations whose answer is a page of a list. */
export type ListId = { [Id in OperationId]: Data<Id> extends { data: readonly unknown[]; nextCursor: string | null } ? Id : never }[OperationId];
/** An entry of a list. */
export type Item<Id extends ListId> = Data<Id> extends { data: readonly (infer Each)[] } ? Each : never;
