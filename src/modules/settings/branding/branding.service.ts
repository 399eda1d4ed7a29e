import { Injectable } from '@nestjs/common';
import { mergePatch } from '../../../common/http/bodies/merge-patch.js';
import { toBrandingDto, type BrandingDto, type UpdateBrandingDto, type UpdatedBrandingDto } from './branding.dto.js';
import { CustomCssService } from './custom-css.service.js';
import { SettingsDocumentsService, type JsonObject, type SettingsChange } from '../settings-documents.service.js';
import type { Versioned } from '../settings.service.js';

/** Reads and updates the branding of an organization. */
@Injectable()
export class BrandingService {
  constructor(
    private readonly documents: SettingsDocumentsService,
    private readonly customCss: CustomCssService,
  ) {}

  async getBranding(): Promise<Versioned<BrandingDto>> {
    const { document, version } = await this.documents.readDocument('branding');
    return { value: toBrandingDto(document), version };
  }

  /** @throws {VersionConflictError | CssBusyError | CssTooComplexError} */
  async updateBranding(change: Omit<SettingsChange, 'section'>, { customCss, ...patch }: UpdateBrandingDto): Promise<Versioned<UpdatedBrandingDto>> {
    const { css, removed } = typeof customCss === 'string' ? await this.customCss.makeSafe(customCss) : { css: customCss, removed: [] };
    const whole = { ...patch, ...(css === undefined ? {} : { customCss: css === '' ? null : css }) };
    const { document, version } = await this.documents.changeDocument({ ...change, section: 'branding' }, (current) => mergePatch(current, whole) as JsonObject);
    return { value: { ...toBrandingDto(document), removedCss: [...removed] }, version };
  }
}
