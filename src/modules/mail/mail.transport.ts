import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer';
import { Clock } from '../../common/clock.js';
import { AppConfig } from '../../config/app-config.js';

/** Sends mail through the server at SMTP_URL. Without SMTP_URL, writes it as `.eml` files to `<data folder>/mail`. */
@Injectable()
export class MailTransport implements OnApplicationShutdown {
  readonly #smtp: Transporter | undefined;
  readonly #writer = createTransport({ streamTransport: true, buffer: true });

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    if (config.smtpUrl !== undefined) this.#smtp = createTransport(config.smtpUrl);
  }

  /** @throws the error of the SMTP server or the file system; the caller retries */
  async send(mail: SendMailOptions & { readonly messageId: string }): Promise<void> {
    const message = { from: this.config.mailFrom, disableFileAccess: true, disableUrlAccess: true, ...mail };
    if (this.#smtp !== undefined) {
      await this.#smtp.sendMail(message);
      return;
    }
    const { message: content } = await this.#writer.sendMail(message);
    const folder = path.resolve(this.config.dataDir, 'mail');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, `${this.clock.now().toISOString().replace(/[:.]/g, '-')}-${mail.messageId.replace(/[^\w-]/g, '').slice(0, 36)}.eml`), content as Buffer, {
      mode: 0o600,
    });
  }

  onApplicationShutdown(): void {
    this.#smtp?.close();
  }
}
