import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { SystemClock } from '../../common/clock.js';
import { AppError } from '../../common/errors/app-error.js';
import { AuthenticationRequiredError, InvalidAccessTokenError, InvalidApiKeyError, TwoCredentialsError } from '../access.errors.js';
import { apiKeyFormat, directoryTokenFormat, serviceKeyFormat, setupLinkFormat } from '../principal/key-token.js';
import { isRead } from '../impersonation.policy.js';
import { identityOf, type Credential, type TokenCredential } from '../principal/principal.js';
import { TokenKeys, VerifiedTokens } from '../principal/verified-tokens.js';
import { conditionsOf } from './route-conditions.js';

/**
 * Asks: which credential is this? Parses an API key, a service key or a token of a directory, or verifies the access token of a user or a client with passport-jwt. Only public routes need
 * none. They ignore it, except that an operator who impersonates a member remains one: what the access guard refuses them
 * does not become possible because a route asks nobody who they are.
 */
@Injectable()
export class AuthenticationGuard extends AuthGuard('jwt') {
  readonly #verified: VerifiedTokens;

  constructor(
    private readonly clock: SystemClock,
    keys: TokenKeys,
  ) {
    super();
    this.#verified = new VerifiedTokens(keys);
  }

  /** Answers synchronously unless a token must be verified. */
  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { rule } = conditionsOf(context);
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const apiKey = apiKeyOf(request);
    const anonymous = request.headers.authorization === undefined;
    if (rule?.kind === 'public') {
      // Keys identify nobody here, in either header.
      if (anonymous || apiKey !== undefined) return true;
      if (rule.acceptsToken !== true) return isRead(request.method) || this.#findImpersonation(context, request);
      return this.#findUser(context, request);
    }
    if (apiKey === undefined) return this.#verifyToken(context, request);
    identityOf(request).credential = credentialOf(apiKey);
    return true;
  }

  /** @throws {AuthenticationRequiredError | InvalidAccessTokenError | AccessTokenExpiredError | KeysUnavailableError} */
  #verifyToken(context: ExecutionContext, request: FastifyRequest): true | Promise<boolean> {
    const now = this.clock.now().getTime();
    const { authorization = '' } = request.headers;
    const credential = this.#verified.find(authorization, now);
    if (credential === undefined) return this.#verifyNewToken(context, authorization, now);
    identityOf(request).credential = credential;
    return true;
  }

  async #verifyNewToken(context: ExecutionContext, authorization: string, now: number): Promise<true> {
    const identity = identityOf(context.switchToHttp().getRequest<FastifyRequest>());
    const known = await this.#verified.renew(authorization, now);
    if (known !== undefined) {
      identity.credential = known;
      return true;
    }
    await super.canActivate(context);
    const { credential } = identity;
    if (credential?.kind === 'user' || credential?.kind === 'key' || credential?.kind === 'service') this.#verified.remember(authorization, credential, now);
    return true;
  }

  /** A client is nobody here, as its key is. */
  async #findUser(context: ExecutionContext, request: FastifyRequest): Promise<true> {
    await this.#verifyToken(context, request);
    const identity = identityOf(request);
    if (identity.credential?.kind !== 'user') delete identity.credential;
    return true;
  }

  async #findImpersonation(context: ExecutionContext, request: FastifyRequest): Promise<true> {
    const identity = identityOf(request);
    try {
      await this.#verifyToken(context, request);
    } catch {
      return true;
    }
    if (identity.credential?.kind !== 'user' || !identity.credential.claims.impersonates) delete identity.credential;
    return true;
  }

  override handleRequest<Result = TokenCredential>(error: unknown, credential: Result | false, info: unknown, context: ExecutionContext): Result {
    if (error instanceof Error) throw error;
    if (credential === false) throw refusal(info);
    identityOf(context.switchToHttp().getRequest<FastifyRequest>()).credential = credential as TokenCredential;
    return credential;
  }
}

const formats = { key: apiKeyFormat, service: serviceKeyFormat, directory: directoryTokenFormat, setup: setupLinkFormat } as const;
const bearerKey = new RegExp(
  `^Bearer ((?:${Object.values(formats)
    .map(({ prefix }) => prefix)
    .join('|')}).*)$`,
  'i',
);

/** Returns the API key or service key in `X-API-Key` or in `Authorization: Bearer tk_…`. @throws {TwoCredentialsError} */
function apiKeyOf({ headers }: FastifyRequest): string | undefined {
  const named = headers['x-api-key'];
  if (named !== undefined && headers.authorization !== undefined) throw new TwoCredentialsError();
  if (named !== undefined) return typeof named === 'string' ? named : '';
  return bearerKey.exec(headers.authorization ?? '')?.[1];
}

/** @throws {InvalidApiKeyError} for text that is no key */
function credentialOf(text: string): Credential {
  const kinds = Object.keys(formats) as (keyof typeof formats)[];
  const kind = kinds.find((each) => text.startsWith(formats[each].prefix)) ?? 'key';
  const key = formats[kind].readKey(text);
  if (key === undefined) throw new InvalidApiKeyError();
  return { kind, key };
}

/** Maps the error of passport-jwt to an {@link AppError}. An AppError (the keys cannot be read) is passed through: the token is not the cause. */
function refusal(info: unknown): Error {
  if (info instanceof AppError) return info;
  const { message = '' } = info instanceof Error ? info : {};
  return message === 'No auth token' ? new AuthenticationRequiredError() : new InvalidAccessTokenError();
}
