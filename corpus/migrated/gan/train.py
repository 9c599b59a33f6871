from __future__ import division
import argparse
import numpy as np
from keras.datasets import mnist
from keras.optimizers import Adam, SGD
from keras1_compat import compile_model
import models

NOISE_DIM = 100

parser = argparse.ArgumentParser(description='Train a GAN on MNIST')
parser.add_argument('--nb_epoch', default=50, type=int)
parser.add_argument('--batch_size', default=64, type=int)


def train(nb_epoch, batch_size):
    (X_train, _), (_, _) = mnist.load_data()
    X_train = (X_train.astype('float32') - 127.5) / 127.5
    X_train = X_train[:, :, :, None]

    d = models.discriminator()
    g = models.generator_upsampling(NOISE_DIM)
    gan = models.stacked(g, d, NOISE_DIM)
    compile_model(g, loss='binary_crossentropy', optimizer='SGD')
    compile_model(gan, loss='binary_crossentropy', optimizer=Adam(learning_rate=2e-4, beta_1=0.5, epsilon=1e-08))
    d.trainable = True
    compile_model(d, loss='binary_crossentropy', optimizer=SGD(learning_rate=0.0005, momentum=0.9, nesterov=True))

    for epoch in range(nb_epoch):
        print('epoch %d' % epoch)
        for i in range(X_train.shape[0] // batch_size):
            z = np.random.uniform(-1, 1, (batch_size, NOISE_DIM))
            real = X_train[i * batch_size:(i + 1) * batch_size]
            fake = g.predict(z, verbose=0)
            X = np.concatenate((real, fake))
            y = [1] * batch_size + [0] * batch_size
            d_loss = d.train_on_batch(X, np.array(y))
            d.trainable = False
            g_loss = gan.train_on_batch(z, np.array([1] * batch_size))
            d.trainable = True
        print('d %.4f  g %.4f' % (d_loss, g_loss))
        g.save_weights('generator.weights.h5', True)


if __name__ == '__main__':
    args = parser.parse_args()
    train(args.nb_epoch, args.batch_size)
