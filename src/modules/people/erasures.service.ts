import { Injectable } from '@nestjs/common';
import { mapPage, Pages, type Page } from '../../common/http/pages/page.js';
import { PlatformDb } from '../../database/platform-db.js';
import { toErasureDto, type ErasureDto, type ListErasuresQuery } from './erasures.dto.js';
import { ErasureNotFoundError } from './people.errors.js';

/** Shows the erasures of people to the operator. */
@Injectable()
export class ErasuresService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly pages: Pages,
  ) {}

  async listErasures(request: ListErasuresQuery): Promise<Page<ErasureDto>> {
    const page = await this.pages.list(request, {
      scope: 'erasures',
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.platform.erasure.findMany({ where, orderBy, take }),
      count: () => this.platform.erasure.count(),
    });
    return mapPage(page, toErasureDto);
  }

  /** @throws {ErasureNotFoundError} */
  async getErasure(id: string): Promise<ErasureDto> {
    const erasure = await this.platform.erasure.findUnique({ where: { id } });
    if (erasure === null) throw new ErasureNotFoundError();
    return toErasureDto(erasure);
  }
}
