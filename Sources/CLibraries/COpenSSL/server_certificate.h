#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

// What the Swift importer cannot see of making a certificate: macros and functions with variable arguments.

/// The text in a memory BIO, to be freed with `OPENSSL_free`; NULL without memory. Frees the BIO.
static inline char *copenssl_text(BIO *bio) {
  char *bytes = NULL;
  long count = bio ? BIO_get_mem_data(bio, &bytes) : 0;
  char *text = count > 0 ? OPENSSL_strndup(bytes, (size_t)count) : NULL;
  BIO_free(bio);
  return text;
}

static inline int copenssl_extend(X509 *certificate, int kind, const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
  int added = extension && X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  return added;
}

/// A new P-256 key and a certificate of it for a server, signed by itself, valid between two times in seconds since 1970.
/// `names` is `DNS:a,IP:192.0.2.1`. Returns 1 and both as PEM, to be freed with `OPENSSL_free`; 0 when it cannot be made.
static inline int copenssl_server_certificate(const char *common_name, const char *names, long from, long to,
                                              char **certificate_pem, char **key_pem) {
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = X509_new();
  BIGNUM *number = BN_new();
  *certificate_pem = *key_pem = NULL;
  int made = key && certificate && number && X509_set_version(certificate, 2) && BN_rand(number, 127, 0, 0) &&
             BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) &&
             ASN1_TIME_set(X509_getm_notBefore(certificate), from) &&
             ASN1_TIME_set(X509_getm_notAfter(certificate), to) && X509_set_pubkey(certificate, key) &&
             X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                        (const unsigned char *)common_name, -1, -1, 0) &&
             X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) &&
             copenssl_extend(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
             copenssl_extend(certificate, NID_key_usage, "critical,digitalSignature") &&
             copenssl_extend(certificate, NID_ext_key_usage, "serverAuth") &&
             copenssl_extend(certificate, NID_subject_alt_name, names) &&
             X509_sign(certificate, key, EVP_sha256()) > 0;
  if (made) {
    BIO *certificate_text = BIO_new(BIO_s_mem());
    BIO *key_text = BIO_new(BIO_s_mem());
    if (certificate_text) PEM_write_bio_X509(certificate_text, certificate);
    if (key_text) PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL);
    *certificate_pem = copenssl_text(certificate_text);
    *key_pem = copenssl_text(key_text);
    made = *certificate_pem && *key_pem;
  }
  BN_free(number);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return made;
}

/// The first certificate of a PEM text; NULL when there is none. To be freed with `X509_free`.
static inline X509 *copenssl_certificate(const char *pem) {
  BIO *text = BIO_new_mem_buf(pem, -1);
  X509 *certificate = text ? PEM_read_bio_X509(text, NULL, NULL, NULL) : NULL;
  BIO_free(text);
  return certificate;
}

/// The end of a certificate's life in seconds after `now`, both since 1970.
static inline int copenssl_seconds_left(X509 *certificate, long now, long *seconds) {
  ASN1_TIME *present = ASN1_TIME_set(NULL, now);
  int days = 0, rest = 0;
  int known = present && ASN1_TIME_diff(&days, &rest, present, X509_get0_notAfter(certificate));
  *seconds = (long)days * 86400 + rest;
  ASN1_TIME_free(present);
  return known;
}

/// Whether a certificate is for a host name or a numeric address.
static inline int copenssl_is_for(X509 *certificate, const char *name) {
  return X509_check_host(certificate, name, 0, 0, NULL) == 1 || X509_check_ip_asc(certificate, name, 0) == 1;
}
