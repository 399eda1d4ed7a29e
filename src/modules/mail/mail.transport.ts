import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer';
import { Clock } from '../../common/clock.js';
import { AppConfig } from '../../config/app-config.js';

/** Hands mail over: to the server at SMTP_URL, or without one as `.eml` files into `<data folder>/mail`. */
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

  /** @throws what the SMTP server or the disk answers, to be tried again later */
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
