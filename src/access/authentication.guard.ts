import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../common/errors/app-error.js';
import { accessRuleKey, type AccessRule } from './access-rule.js';
import { AccessTokenExpiredError, AuthenticationRequiredError, InvalidAccessTokenError } from './access.errors.js';
import { identityOf, type TokenClaims } from './principal.js';

/** Who are you? Checks the access token with passport-jwt; only routes that are public go without. */
@Injectable()
export class AuthenticationGuard extends AuthGuard('jwt') {
  constructor(private readonly reflector: Reflector) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(accessRuleKey, [context.getHandler(), context.getClass()]);
    const anonymous = context.switchToHttp().getRequest<FastifyRequest>().headers.authorization === undefined;
    if (rule?.kind === 'public' && (rule.identifies !== true || anonymous)) return true;
    await super.canActivate(context);
    return true;
  }

  override handleRequest<Claims = TokenClaims>(error: unknown, claims: Claims | false, info: unknown, context: ExecutionContext): Claims {
    if (error instanceof Error) throw error;
    if (claims === false) throw refusal(info);
    identityOf(context.switchToHttp().getRequest<FastifyRequest>()).claims = claims as TokenClaims;
    return claims;
  }
}

/** passport-jwt hands over whatever went wrong; what is an error of ours (keys that cannot be read) is not the token's fault. */
function refusal(info: unknown): Error {
  if (info instanceof AppError) return info;
  const { name = '', message = '' } = info instanceof Error ? info : {};
  if (name === 'TokenExpiredError') return new AccessTokenExpiredError();
  return message === 'No auth token' ? new AuthenticationRequiredError() : new InvalidAccessTokenError();
}
