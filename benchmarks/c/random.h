/* exp, log, the normal quantile and Philox4x32-10, operation by operation as in hcrisk. */

#ifndef RANDOM_H
#define RANDOM_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t bits_of(double x) {
    uint64_t b;
    memcpy(&b, &x, 8);
    return b;
}

static inline double float_of(uint64_t b) {
    double x;
    memcpy(&x, &b, 8);
    return x;
}

/* fmin and fmax would be calls: they treat NaN, which does not occur here. */
static inline double least_of(double a, double b) { return a < b ? a : b; }

static inline double most_of(double a, double b) { return a > b ? a : b; }

#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW 1.90821492927058770002e-10
#define ROUNDER 6755399441055744.0

static inline double power_of_two(double k) {
    return float_of((bits_of(k + ROUNDER) + 1023u) << 52);
}

static inline double own_exp(double x) {
    double bounded = x > 710.0 ? 710.0 : x;
    bounded = x < -746.0 ? -746.0 : bounded;
    double k = (bounded * 1.4426950408889634 + ROUNDER) - ROUNDER;
    double high = bounded - k * LN2_HIGH, low = k * LN2_LOW;
    double r = high - low, r2 = r * r, r4 = r2 * r2;
    double q0 = (1.0 / 2 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120));
    double q1 = (1.0 / 720 + r * (1.0 / 5040)) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
    double q2 = (1.0 / 3628800 + r * (1.0 / 39916800)) +
                r2 * (1.0 / 479001600 + r * (1.0 / 6227020800.0));
    double q = q0 + r4 * (q1 + r4 * q2);
    double lost = (high - r) - low;
    double p = r + (r2 * q + lost);
    double half = (k * 0.5 + ROUNDER) - ROUNDER;
    return ((1.0 + p) * power_of_two(half)) * power_of_two(k - half);
}

/* For normal positive x, which every argument here is: uniforms and their complements. */
static inline double own_log(double x) {
    uint64_t bits = bits_of(x) + (0x3FF0000000000000u - 0x3FE6A09E667F3BCDu);
    double k = float_of((bits >> 52) | 0x4330000000000000u) - (4503599627370496.0 + 1023.0);
    double f = float_of((bits & 0x000FFFFFFFFFFFFFu) + 0x3FE6A09E667F3BCDu) - 1.0;
    double s = f / (2.0 + f), z = s * s, z2 = z * z, z4 = z2 * z2;
    double r0 = (2.0 / 3 + z * (2.0 / 5)) + z2 * (2.0 / 7 + z * (2.0 / 9));
    double r1 = (2.0 / 11 + z * (2.0 / 13)) + z2 * (2.0 / 15 + z * (2.0 / 17));
    double r2 = (2.0 / 19 + z * (2.0 / 21)) + z2 * (2.0 / 23);
    double r = z * (r0 + z4 * (r1 + z4 * r2));
    double half_square = 0.5 * f * f;
    return k * LN2_HIGH - ((half_square - (s * (half_square + r) + k * LN2_LOW)) - f);
}

/* Wichura's AS 241: numerators and denominators of the centre, the near and the far tail. */
static const double AS241_TOP[3][8] = {
    {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
     1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
     3.3430575583588128105e4, 2.5090809287301226727e3},
    {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4},
    {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7}};
static const double AS241_BOTTOM[3][8] = {
    {1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
     5.2264952788528545610e3},
    {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9},
    {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15}};

static inline double as241(int part, double x) {
    const double *n = AS241_TOP[part], *d = AS241_BOTTOM[part];
    double top = ((((((n[7] * x + n[6]) * x + n[5]) * x + n[4]) * x + n[3]) * x + n[2]) * x +
                  n[1]) * x + n[0];
    double bottom = ((((((d[7] * x + d[6]) * x + d[5]) * x + d[4]) * x + d[3]) * x + d[2]) * x +
                     d[1]) * x + 1.0;
    return top / bottom;
}

static inline double normal_quantile(double u) {
    double q = u - 0.5;
    if (fabs(q) <= 0.425)
        return q * as241(0, 0.180625 - q * q);
    double root = sqrt(-own_log(q < 0.0 ? u : 1.0 - u));
    double size = root > 5.0 ? as241(2, root - 5.0) : as241(1, root - 1.6);
    return q < 0.0 ? -size : size;
}

static inline double uniform(uint64_t key, uint64_t path, uint64_t step) {
    uint64_t c0 = (uint32_t)path, c1 = path >> 32, c2 = (uint32_t)step, c3 = step >> 32;
    uint64_t k0 = (uint32_t)key, k1 = key >> 32;
    for (int i = 0; i < 10; i++) {
        uint64_t p0 = 0xD2511F53u * c0, p1 = 0xCD9E8D57u * c2;
        c0 = (p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 = (uint32_t)(k0 + 0x9E3779B9u);
        k1 = (uint32_t)(k1 + 0xBB67AE85u);
    }
    uint64_t draw = c0 | c1 << 32;
    return float_of((draw >> 12) | 0x3FF0000000000000u) - (1.0 - 0x1p-53);
}

enum { CONSTANT = 0, TRIANGULAR = 2, NORMAL = 3, LOGNORMAL = 4, GAMMA = 5 };

typedef struct {
    int family, table, table_size;
    double c0, c1, c2, u_low, u_high, least, most, clip_low, clip_high;
} Law;

#define TABLE_Z 8.25

static inline double smooth_table(const double *table, int size, double z) {
    int pieces = size / 6;
    double t = (z + TABLE_Z) * (pieces / (2.0 * TABLE_Z));
    t = least_of(most_of(t, 0.0), (double)pieces);
    int k = t < pieces - 1 ? (int)t : pieces - 1;
    double s = t - k;
    const double *a = table + 6 * k;
    double value = a[4] + s * a[5];
    value = a[2] + s * (a[3] + s * value);
    return a[0] + s * (a[1] + s * value);
}

static double quantile(const Law *law, const double *tables, double u) {
    switch (law->family) {
    case CONSTANT:
        return law->c0;
    case TRIANGULAR: {
        double low = law->c0, mode = law->c1, high = law->c2, width = high - low;
        if (u * width < mode - low)
            return low + sqrt(u * width * (mode - low));
        return high - sqrt((1.0 - u) * width * (high - mode));
    }
    case NORMAL:
        return law->c0 + law->c1 * (normal_quantile(u) - law->c2);
    case LOGNORMAL:
        return own_exp(law->c0 + law->c1 * (normal_quantile(u) - law->c2));
    default:
        return law->c1 * own_exp(smooth_table(tables + law->table, law->table_size,
                                              normal_quantile(u)));
    }
}

static inline double draw(const Law *law, const double *tables, double u) {
    double level = law->u_low + u * (law->u_high - law->u_low);
    level = least_of(most_of(level, 0x1p-60), 1.0 - 0x1p-53);
    double value = least_of(most_of(quantile(law, tables, level), law->least), law->most);
    return least_of(most_of(value, law->clip_low), law->clip_high);
}

#endif
