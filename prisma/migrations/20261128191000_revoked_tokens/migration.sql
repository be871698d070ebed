-- Tokens that are refused although they are valid: all that a user got until an instant, or one by its ID.

CREATE TABLE "revoked_tokens" (
    "id" SERIAL NOT NULL,
    "user_id" UUID,
    "token_id" TEXT,
    "revoked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "revoked_tokens_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "revoked_tokens_user_or_token" CHECK (("user_id" IS NULL) <> ("token_id" IS NULL))
);

CREATE INDEX "revoked_tokens_revoked_at_idx" ON "revoked_tokens"("revoked_at");
