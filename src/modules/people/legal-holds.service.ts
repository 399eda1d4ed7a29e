import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../common/http/pages/page.js';
import { isUniqueViolation } from '../../database/database-errors.js';
import { lockOrganizations } from '../../database/locks.js';
import { PlatformDb } from '../../database/platform-db.js';
import type { LegalHold } from '../../generated/prisma/client.js';
import { toLegalHoldDto, type CreateLegalHoldDto, type LegalHoldDto, type ListLegalHoldsQuery } from './legal-holds.dto.js';

export class LegalHoldNotFoundError extends AppError {
  constructor() {
    super('not_found', 'legal_hold_not_found', 'There is no such legal hold. GET /platform/legal-holds lists the holds.');
  }
}

export class HeldSubjectNotFoundError extends AppError {
  constructor(kind: string) {
    super('unprocessable', 'held_subject_not_found', `There is no such ${kind}. Check the id.`);
  }
}

export class AlreadyHeldError extends AppError {
  constructor() {
    super('conflict', 'already_under_legal_hold', 'The user or organization is already under a legal hold. Release it before you place another one.');
  }
}

/** Places and releases legal holds, which keep the data of a user or an organization from being erased and purged. */
@Injectable()
export class LegalHoldsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly pages: Pages,
  ) {}

  async listLegalHolds(request: ListLegalHoldsQuery): Promise<Page<LegalHoldDto>> {
    const { kind, subjectId } = request;
    const filter = { ...(kind === undefined ? {} : { kind }), ...(subjectId === undefined ? {} : { subjectId }) };
    const page = await this.pages.list(request, {
      scope: 'legal holds',
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.platform.legalHold.findMany({ where: { AND: [filter, where] }, orderBy, take }),
      count: () => this.platform.legalHold.count({ where: filter }),
    });
    return mapPage(page, toLegalHoldDto);
  }

  /** @throws {HeldSubjectNotFoundError | AlreadyHeldError} */
  async createLegalHold({ kind, subjectId, reason }: CreateLegalHoldDto, createdById: string): Promise<LegalHold> {
    try {
      return await this.platform.$transaction(async (tx) => {
        if (kind === 'organization') await lockOrganizations(tx, [subjectId]);
        // A deletion that runs at the same time waits for this lock, and then sees the hold (app.keep_held).
        const found =
          kind === 'user'
            ? await tx.$queryRaw<unknown[]>`select id from users where id = ${subjectId}::uuid for update`
            : await tx.$queryRaw<unknown[]>`select id from organizations where id = ${subjectId}::uuid for update`;
        if (found.length === 0) throw new HeldSubjectNotFoundError(kind);
        return tx.legalHold.create({ data: { kind, subjectId, reason, createdById } });
      });
    } catch (error) {
      if (isUniqueViolation(error, 'subject_id')) throw new AlreadyHeldError();
      throw error;
    }
  }

  /** @throws {LegalHoldNotFoundError} */
  async deleteLegalHold(id: string): Promise<void> {
    const { count } = await this.platform.legalHold.deleteMany({ where: { id } });
    if (count === 0) throw new LegalHoldNotFoundError();
  }
}
