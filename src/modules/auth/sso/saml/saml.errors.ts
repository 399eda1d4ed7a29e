import { UnprocessableError } from '../../../../common/errors/app-error.js';

export class SamlSettingsRefusedError extends UnprocessableError {
  /** @param field the field of the body @param reason what is wrong with it, as a sentence */
  constructor(field: string, reason: string) {
    super('saml_settings_refused', `The settings of SAML cannot be used. ${reason}`, [{ pointer: `/${field}`, code: 'refused', message: reason }]);
  }
}
