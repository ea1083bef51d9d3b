// Before libevent's, which ask for other shapes of the C library's own types than the rest of the program has.
#include <sys/types.h>
#include <sys/select.h>

#include <sys/eventfd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

// What the Swift importer cannot see: macros, and a TLS context that accepts keys in place of authorities.

/// Whether the holder of this Ed25519 key, 32 bytes, may connect.
typedef int (*cevent_accepts)(void *owner, const unsigned char *key);

struct cevent_gate {
  cevent_accepts accepts;
  void *owner;
};

/// The Ed25519 key in a certificate; 0 when it holds another kind of key.
static inline int cevent_raw_key(X509 *certificate, unsigned char key[32]) {
  EVP_PKEY *public_key = certificate ? X509_get0_pubkey(certificate) : NULL;
  size_t length = 32;
  return public_key && EVP_PKEY_get_id(public_key) == EVP_PKEY_ED25519 &&
         EVP_PKEY_get_raw_public_key(public_key, key, &length) == 1 && length == 32;
}

static inline int cevent_verify(X509_STORE_CTX *store, void *argument) {
  struct cevent_gate *gate = argument;
  unsigned char key[32];
  if (cevent_raw_key(X509_STORE_CTX_get0_cert(store), key) && gate->accepts(gate->owner, key)) return 1;
  X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

/// A server's context from a TLS version on, with a key in PEM and its certificate, followed by those between it and an authority
/// if there are any; NULL when they do not fit. Sessions are never resumed: each connection is judged.
static inline SSL_CTX *cevent_server_context(const char *certificates, const char *key, int version) {
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  BIO *certificate_text = BIO_new_mem_buf(certificates, -1);
  BIO *key_text = BIO_new_mem_buf(key, -1);
  X509 *x509 = certificate_text ? PEM_read_bio_X509(certificate_text, NULL, NULL, NULL) : NULL;
  EVP_PKEY *private_key = key_text ? PEM_read_bio_PrivateKey(key_text, NULL, NULL, NULL) : NULL;
  int fits = context && x509 && private_key && SSL_CTX_set_min_proto_version(context, version) &&
             SSL_CTX_use_certificate(context, x509) && SSL_CTX_use_PrivateKey(context, private_key) &&
             SSL_CTX_check_private_key(context);
  while (fits) {
    X509 *between = PEM_read_bio_X509(certificate_text, NULL, NULL, NULL);
    if (!between) break;
    if (!SSL_CTX_add0_chain_cert(context, between)) {
      X509_free(between);
      fits = 0;
    }
  }
  // The end of the certificates is an error to OpenSSL.
  ERR_clear_error();
  X509_free(x509);
  EVP_PKEY_free(private_key);
  BIO_free(certificate_text);
  BIO_free(key_text);
  if (!fits) {
    SSL_CTX_free(context);
    return NULL;
  }
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  return context;
}

/// For peers: whoever connects must show a certificate that `gate`, which outlives the context, accepts.
static inline SSL_CTX *cevent_context(const char *certificate, const char *key, struct cevent_gate *gate) {
  SSL_CTX *context = cevent_server_context(certificate, key, TLS1_3_VERSION);
  if (!context) return NULL;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  SSL_CTX_set_cert_verify_callback(context, cevent_verify, gate);
  return context;
}

/// For browsers and programs, which show no certificate.
static inline SSL_CTX *cevent_public_context(const char *certificates, const char *key) {
  SSL_CTX *context = cevent_server_context(certificates, key, TLS1_2_VERSION);
  if (!context) return NULL;
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  return context;
}

/// The key that the other side has shown; 0 before the handshake is over.
static inline int cevent_peer_key(struct bufferevent *connection, unsigned char key[32]) {
  SSL *ssl = bufferevent_openssl_get_ssl(connection);
  return ssl && cevent_raw_key(SSL_get0_peer_certificate(ssl), key);
}

/// In words why a TLS connection ended; NULL when OpenSSL has nothing to say.
static inline const char *cevent_reason(struct bufferevent *connection) {
  unsigned long error = bufferevent_get_openssl_error(connection);
  return error ? ERR_reason_error_string(error) : NULL;
}

/// Becomes readable when eight bytes are written to it.
static inline int cevent_wakeup_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
