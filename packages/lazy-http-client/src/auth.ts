/** The credential handlers are a few lines without dependencies, so the originals are used as they are. */
export {
  BasicCredentialHandler,
  BearerCredentialHandler,
  PersonalAccessTokenCredentialHandler,
} from '@actions/http-client/lib/auth';
